import { Files } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/tickets', name: 'tickets', title: 'tickets.title', component: () => import('./TicketsPage.vue'), needs: 'GET /api/v1/tickets', menu: { group: 'watch', order: 40, icon: Files } },
]
