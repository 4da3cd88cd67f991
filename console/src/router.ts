/** Every page, gathered from the views; who may see one is told by what the hub lets them call. */
import type { Component } from 'vue'
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'
import { useLive } from './stores/live'
import { useSession } from './stores/session'
import { useWords } from './stores/words'

export interface Page {
  path: string
  name: string
  /** Key of its title in the view's words. */
  title: string
  component: () => Promise<unknown>
  /** The address without which this page is of no use: shown to whom the hub lets call it. */
  needs: string
  /** Where it stands in the menu; none where it is reached from another page. */
  menu?: { group: 'work' | 'watch' | 'manage'; order: number; icon: Component }
  /** Shown without the frame, as on a wall. */
  bare?: boolean
}

const found = import.meta.glob<{ pages: Page[] }>('./views/*/pages.ts', { eager: true })
export const pages: Page[] = Object.values(found)
  .flatMap((one) => one.pages)
  .sort((one, other) => (one.menu?.order ?? 0) - (other.menu?.order ?? 0))

const routes: RouteRecordRaw[] = pages.map((page) => ({
  path: page.path,
  name: page.name,
  component: page.component as RouteRecordRaw['component'] & Component,
  meta: { page },
}))

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', component: () => import('./views/SignIn.vue') },
    { path: '/password', name: 'password', component: () => import('./views/PasswordPage.vue') },
    { path: '/', name: 'home', component: () => import('./views/HomePage.vue') },
    ...routes,
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./views/MissingPage.vue') },
  ],
})

router.beforeEach(async (to) => {
  const session = useSession()
  if (!session.known) await session.restore()
  if (to.name === 'sign-in') return session.who ? { path: '/' } : true
  if (!session.who) return { name: 'sign-in', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  // Until a password that somebody else made up is changed, the hub refuses everything else.
  if (session.who.must_change) return to.name === 'password' ? true : { name: 'password' }
  const words = useWords()
  if (!words.city) await words.load()
  if (session.may('GET /api/v1/stream')) useLive().start()
  return true
})
