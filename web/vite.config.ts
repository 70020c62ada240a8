import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy of `api/pages.py` allows no data: scripts or fonts
    modulePreload: { polyfill: false }, // the polyfill would be an inline script
    target: "es2022",
  },
});
