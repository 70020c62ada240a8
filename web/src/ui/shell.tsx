// What is around every page: where one is, how fresh it is, and whose wallet.
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { useLive } from "../api/live";
import { protocol } from "../api/queries";
import { count, dateTime } from "../format";
import { IncidentBanners } from "./incidents";
import { Notice } from "./parts";
import { WalletButton, WrongNetwork } from "./wallet";

const NAV = [
  ["/", "Discover"],
  ["/dashboard", "Dashboard"],
  ["/desk", "Desk"],
  ["/operator", "Operator"],
] as const;

export function Shell({ children }: { children: ReactNode }) {
  const [location] = useLocation();
  const { block, down } = useLive();
  const { data } = useQuery(protocol);
  const links = NAV.map(([href, label]) => (
    <Link key={href} href={href} aria-current={isHere(location, href) ? "page" : undefined}>
      {label}
    </Link>
  ));
  return (
    <>
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="top">
        <Link href="/" className="brand" aria-label="Lockstep, to the leaders">
          <Mark />
          <span>Lockstep</span>
        </Link>
        <nav aria-label="Pages">{links}</nav>
        <div className="top-end">
          <Freshness block={block} down={down} />
          <ThemeToggle />
          <WalletButton />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <WrongNetwork />
        {down && (
          <Notice
            tone="warn"
            title="The records cannot be reached just now"
            action={
              <Link href="/withdraw" className="button small">
                Withdraw from the contract
              </Link>
            }
          >
            What you see may be old. Your money is in the contract, not here: withdrawing in kind works
            without this server.
          </Notice>
        )}
        {data?.data.halted && (
          <Notice tone="warn" title="All trading is halted by the operator">
            No strategy takes entries or trades. Withdrawing and exits go on.
          </Notice>
        )}
        {data && <IncidentBanners of={data.data.incidents} />}
        {children}
      </main>
      <footer>
        <p>
          You can lose all you put in. Past results say nothing about future ones. Results on this page are
          those of leaders' own vaults, after costs.
        </p>
        <p>
          <a href="/docs">API</a> · <Link href="/withdraw">Withdraw from the contract</Link> · Charts by{" "}
          <a href="https://www.tradingview.com/" rel="noreferrer">
            TradingView
          </a>
        </p>
      </footer>
    </>
  );
}

function isHere(location: string, href: string): boolean {
  if (href === "/") return location === "/" || location.startsWith("/leaders");
  if (href === "/dashboard") return /^\/(dashboard|vaults|portfolio|play)/.test(location);
  return location.startsWith(href);
}

function Freshness({ block, down }: { block: { number: number; time: string } | undefined; down: boolean }) {
  const words = block ? `Block ${count(block.number)}, ${dateTime(block.time)}` : "No block yet";
  return (
    <span className={`fresh ${down ? "down" : ""}`} title={words}>
      <span className="dot" aria-hidden="true" />
      <span className="figure" data-testid="block">
        {block ? count(block.number) : "–"}
      </span>
      <span className="sr-only">{down ? "Not live." : `Live. ${words}`}</span>
    </span>
  );
}

type Theme = "dark" | "light";

function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(() => {
    const chosen = document.documentElement.dataset.theme;
    if (chosen === "dark" || chosen === "light") return chosen;
    return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  });
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("lockstep.theme", theme);
    } catch {
      // It holds until the page is closed, then.
    }
    dispatchEvent(new Event("lockstep:theme"));
  }, [theme]);
  const other = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className="icon"
      aria-label={`Use the ${other} theme`}
      title={`Use the ${other} theme`}
      onClick={() => setTheme(other)}
    >
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <circle cx="10" cy="10" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </button>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="mark">
      <path
        d="M7 8v16h9M16 8v9h9v7"
        fill="none"
        stroke="currentColor"
        strokeWidth="3.2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
