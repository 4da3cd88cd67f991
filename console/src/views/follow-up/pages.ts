import { Service } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/follow-up', name: 'follow-up', title: 'followUp.title', component: () => import('./FollowUpPage.vue'), needs: 'POST /api/v1/follow-ups/{number}/answers', menu: { group: 'work', order: 38, icon: Service } },
]
