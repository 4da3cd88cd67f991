import { BellFilled } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/supervision', name: 'supervision', title: 'supervision.title', component: () => import('./SupervisionPage.vue'), needs: 'GET /api/v1/supervisions/figures', menu: { group: 'watch', order: 20, icon: BellFilled } },
]
