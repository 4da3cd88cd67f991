import { PhoneFilled } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/callbacks', name: 'callbacks', title: 'callbacks.title', component: () => import('./CallbacksPage.vue'), needs: 'POST /api/v1/interactions/{id}/call_back', menu: { group: 'work', order: 11, icon: PhoneFilled } },
]
