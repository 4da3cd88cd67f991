import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/tickets/:number', name: 'ticket', title: 'story.title', component: () => import('./TicketPage.vue'), needs: 'GET /api/v1/tickets/{number}' },
]
