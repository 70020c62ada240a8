// The limits of a vault: a preset, or every field of one's own.

import {
  ACTIONS,
  FIELDS,
  type Field as LimitField,
  type Limits,
  PRESETS,
  type Preset,
  SIZINGS,
  SLIPPAGE_STEPS,
} from "../limits/policy";
import { Field, Segmented } from "./parts";

const PRESET_NAMES = [
  ["conservative", "Careful"],
  ["balanced", "Balanced"],
  ["aggressive", "Bold"],
  ["own", "My own"],
] as const;

const PRESET_WORDS: Record<Preset | "own", string> = {
  conservative: "At most half outside cash, stops 10% below your peak, sells everything at a stop.",
  balanced: "At most 80% outside cash, stops 20% below your peak, sells everything at a stop.",
  aggressive: "No cap on exposure, stops 35% below your peak, sells everything at a stop.",
  own: "Every limit as you want it. An empty field is no limit.",
};

const SIZING_NAMES: Record<(typeof SIZINGS)[number], [string, string, string]> = {
  proportional: ["In proportion to the leader", "", ""],
  multiplier: [
    "A multiple of the leader's share",
    "times",
    "2 puts in twice the leader's share of their cash.",
  ],
  fixed: ["A fixed amount each entry", "base", "The same amount each time, as long as there is cash."],
  risk: ["By risk", "%", "The share of your equity that the leader's declared stop may lose."],
};

const ACTION_NAMES: Record<(typeof ACTIONS)[number], string> = {
  reduce: "Make the entry smaller",
  skip: "Skip the entry",
  suspend: "Stop copying, keep what I hold",
  exit: "Stop copying, sell everything",
};

interface Props {
  limits: Limits;
  onChange: (limits: Limits) => void;
  symbol: string;
  wrong: { field: string; wrong: string } | null;
  preset: Preset | "own";
  onPreset: (preset: Preset | "own") => void;
}

export function LimitsForm({ limits, onChange, symbol, wrong, preset, onPreset }: Props) {
  const change = (part: Partial<Limits>) => onChange({ ...limits, ...part });
  const problem = (key: string) => (wrong?.field === key ? wrong.wrong : undefined);
  return (
    <div className="stack">
      <Segmented
        label="Limits"
        options={PRESET_NAMES}
        value={preset}
        onChange={(chosen) => {
          onPreset(chosen);
          if (chosen !== "own")
            onChange({ ...PRESETS[chosen], expiry: limits.expiry, excludedTokens: limits.excludedTokens });
        }}
      />
      <p className="help">{PRESET_WORDS[preset]}</p>
      {preset === "own" && (
        <>
          <fieldset className="grid">
            <legend>Size of an entry</legend>
            <Field label="Sizing" help={SIZING_NAMES[limits.sizing][2]}>
              {(props) => (
                <select
                  {...props}
                  value={limits.sizing}
                  onChange={(event) => change({ sizing: event.target.value as Limits["sizing"], size: "" })}
                >
                  {SIZINGS.map((sizing) => (
                    <option key={sizing} value={sizing}>
                      {SIZING_NAMES[sizing][0]}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            {limits.sizing !== "proportional" && (
              <Field
                label="How much"
                unit={SIZING_NAMES[limits.sizing][1] === "base" ? symbol : SIZING_NAMES[limits.sizing][1]}
                wrong={problem("size")}
              >
                {(props) => (
                  <input
                    {...props}
                    inputMode="decimal"
                    autoComplete="off"
                    value={limits.size}
                    onChange={(event) => change({ size: event.target.value })}
                  />
                )}
              </Field>
            )}
            <Rest group="size" {...{ limits, change, symbol, problem }} />
          </fieldset>
          <fieldset className="grid">
            <legend>Price</legend>
            <Rest group="price" {...{ limits, change, symbol, problem }} />
            <Field label="Where one of these would be broken" help="Holds for limits on size and price.">
              {(props) => (
                <Actions {...props} value={limits.onBreach} onChange={(onBreach) => change({ onBreach })} />
              )}
            </Field>
          </fieldset>
          <fieldset className="grid">
            <legend>Stops</legend>
            <Rest group="stop" {...{ limits, change, symbol, problem }} />
            <Field
              label="At a stop"
              help="Selling everything needs nobody's help: keepers are paid for it, anybody may do it."
            >
              {(props) => (
                <Actions
                  {...props}
                  value={limits.onStop}
                  onChange={(onStop) => change({ onStop })}
                  without="reduce"
                />
              )}
            </Field>
          </fieldset>
        </>
      )}
    </div>
  );
}

function Rest({
  group,
  limits,
  change,
  symbol,
  problem,
}: {
  group: LimitField["group"];
  limits: Limits;
  change: (part: Partial<Limits>) => void;
  symbol: string;
  problem: (key: string) => string | undefined;
}) {
  const units = { "%": "%", base: symbol, count: "", minutes: "min" };
  return FIELDS.filter((field) => field.group === group).map((field) => (
    <Field
      key={field.key}
      label={field.label}
      help={field.help}
      unit={units[field.unit]}
      wrong={problem(field.key)}
    >
      {(props) =>
        field.key === "maxSlippage" ? (
          <select
            {...props}
            value={limits.maxSlippage}
            onChange={(event) => change({ maxSlippage: event.target.value })}
          >
            <option value="">none</option>
            {SLIPPAGE_STEPS.map((step) => (
              <option key={step} value={String(step / 100)}>
                {step / 100}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...props}
            inputMode="decimal"
            autoComplete="off"
            placeholder="none"
            value={String(limits[field.key])}
            onChange={(event) => change({ [field.key]: event.target.value })}
          />
        )
      }
    </Field>
  ));
}

function Actions({
  value,
  onChange,
  without,
  ...props
}: {
  value: Limits["onStop"];
  onChange: (value: Limits["onStop"]) => void;
  without?: string;
  id: string;
}) {
  return (
    <select
      {...props}
      value={value === without ? "skip" : value}
      onChange={(event) => onChange(event.target.value as Limits["onStop"])}
    >
      {ACTIONS.filter((action) => action !== without).map((action) => (
        <option key={action} value={action}>
          {ACTION_NAMES[action]}
        </option>
      ))}
    </select>
  );
}
