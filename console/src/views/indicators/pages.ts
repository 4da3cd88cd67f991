import { TrendCharts } from '@element-plus/icons-vue'
import type { Page } from '@/router'

export const pages: Page[] = [
  { path: '/indicators', name: 'indicators', title: 'indicators.title', component: () => import('./IndicatorsPage.vue'), needs: 'GET /api/v1/indicators', menu: { group: 'watch', order: 15, icon: TrendCharts } },
]
