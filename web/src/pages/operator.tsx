// For whoever runs it: is the ledger right, do the keepers work, what is stopped; the halt; and for staff, their desk.
import { Books, Skips } from "../operator/books";
import { Halts } from "../operator/halts";
import { Health } from "../operator/health";
import { Keepers } from "../operator/keepers";
import { StaffDesk } from "../operator/staff";
import { Page } from "../ui/parts";

export default function OperatorPage() {
  return (
    <Page
      title="Operator"
      lead="What can be seen needs no key. What can be done is signed by the guardian's or the owner's wallet."
    >
      <Health />
      <StaffDesk />
      <div className="columns">
        <div className="stack">
          <Keepers />
          <Skips />
        </div>
        <div className="stack">
          <Halts />
          <Books />
        </div>
      </div>
    </Page>
  );
}
