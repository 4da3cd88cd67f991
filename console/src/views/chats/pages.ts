import { ChatDotRound } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/chats', name: 'chats', title: 'chats.title', component: () => import('./ChatsPage.vue'), needs: 'GET /api/v1/chats/utterances', menu: { group: 'watch', order: 55, icon: ChatDotRound } },
]
