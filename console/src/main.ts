import 'element-plus/theme-chalk/base.css'
import 'element-plus/theme-chalk/dark/css-vars.css'
import './styles/console.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { onSignedOut } from './api/client'
import { i18n } from './locales'
import { router } from './router'
import { useSession } from './stores/session'

const app = createApp(App).use(createPinia()).use(i18n).use(router)
onSignedOut(() => {
  const session = useSession()
  if (session.who === null) return
  session.who = null
  void router.push({ name: 'sign-in', query: { to: router.currentRoute.value.fullPath } })
})
app.mount('#app')
