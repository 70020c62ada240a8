import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** What the offline worker keeps: every built file but fonts of other scripts and source maps. */
function listOfAssets(): Plugin {
  return {
    name: "list-of-assets",
    generateBundle(_, bundle) {
      const kept = Object.keys(bundle).filter((name) => /\.(js|css)$|inter-latin-wght/.test(name));
      const source = JSON.stringify(kept.map((name) => `/${name}`));
      this.emitFile({ type: "asset", fileName: "assets.json", source });
    },
  };
}

export default defineConfig({
  plugins: [react(), listOfAssets()],
  build: {
    outDir: "../build/web",
    emptyOutDir: true,
    assetsInlineLimit: 0, // the policy of `api/pages.py` allows no data: scripts or fonts
    modulePreload: { polyfill: false }, // the polyfill would be an inline script
    target: "es2022",
  },
});
