// The pages of who is signed in, beside each other.
import { Link, useLocation } from "wouter";

const PAGES = [
  ["/account", "Account"],
  ["/notices", "Notices"],
  ["/watching", "Watching"],
  ["/profile", "Profile"],
  ["/referral", "Referral"],
] as const;

export function AccountLinks() {
  const [location] = useLocation();
  return (
    <nav aria-label="Your pages" className="sub">
      {PAGES.map(([href, label]) => (
        <Link key={href} href={href} aria-current={location === href ? "page" : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
