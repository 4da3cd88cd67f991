import { ChatDotSquare } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/messages', name: 'messages', title: 'messages.title', component: () => import('./MessagesPage.vue'), needs: 'GET /api/v1/notices', menu: { group: 'manage', order: 80, icon: ChatDotSquare } },
]
