import { Download } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/exports', name: 'exports', title: 'exports.title', component: () => import('./ExportsPage.vue'), needs: 'GET /api/v1/exports', menu: { group: 'watch', order: 95, icon: Download } },
]
