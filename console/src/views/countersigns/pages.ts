import { Stamp } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/countersigns', name: 'countersigns', title: 'countersigns.title', component: () => import('./CountersignsPage.vue'), needs: 'GET /api/v1/countersigns', menu: { group: 'watch', order: 45, icon: Stamp } },
]
