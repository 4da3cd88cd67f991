import { Reading } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/knowledge', name: 'knowledge', title: 'knowledge.title', component: () => import('./KnowledgePage.vue'), needs: 'GET /api/v1/knowledge', menu: { group: 'work', order: 45, icon: Reading } },
]
