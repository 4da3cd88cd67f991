import { View } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/access-log', name: 'access-log', title: 'accessLog.title', component: () => import('./AccessLogPage.vue'), needs: 'GET /api/v1/access-log', menu: { group: 'watch', order: 97, icon: View } },
]
