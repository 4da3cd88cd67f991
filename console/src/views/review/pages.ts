import { Checked } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/review', name: 'review', title: 'review.title', component: () => import('./ReviewPage.vue'), needs: 'POST /api/v1/deferrals/{number}/{assignment}/reviews', menu: { group: 'work', order: 35, icon: Checked } },
]
