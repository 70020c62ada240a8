// What people say of a strategy, below its figures: loaded when they are there.
import { Comments } from "./comments";
import { Reviews } from "./reviews";

export default function Discussion({ id, leader }: { id: number; leader: string }) {
  return (
    <>
      <Reviews id={id} leader={leader} />
      <Comments id={id} leader={leader} />
    </>
  );
}
