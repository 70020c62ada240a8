import { createContext, useContext } from "react";
import type { Deployment } from "./deployment";

export const DeploymentContext = createContext<Deployment | null>(null);

export function useDeployment(): Deployment {
  const found = useContext(DeploymentContext);
  if (!found) throw new Error("no deployment around this component");
  return found;
}
