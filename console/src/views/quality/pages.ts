import { Medal } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/quality', name: 'quality', title: 'quality.title', component: () => import('./QualityPage.vue'), needs: 'GET /api/v1/inspections', menu: { group: 'watch', order: 50, icon: Medal } },
]
