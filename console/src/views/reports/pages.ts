import { Document } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/reports', name: 'reports', title: 'reports.title', component: () => import('./ReportsPage.vue'), needs: 'GET /api/v1/reports', menu: { group: 'watch', order: 60, icon: Document } },
]
