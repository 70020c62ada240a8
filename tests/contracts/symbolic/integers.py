"""Answers Halmos's question, a file in SMT-LIB, by arithmetic of integers.

Products and quotients of 128-bit words take minutes or for ever as circuits of bits, and no time as numbers.
Halmos runs this as the solver of the proofs that multiply and divide.
"""

import sys

import cvc5


def answer(question: str) -> None:
    """Prints `sat` with a model, or `unsat`."""
    solver = cvc5.Solver()
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    solver.setOption("nl-ext-tplanes", "true")
    parser = cvc5.InputParser(solver)
    # Halmos names a logic without integers.
    with open(question) as file:
        text = file.read().replace("(set-logic QF_AUFBV)", "(set-logic ALL)")
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, question)
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(solver, parser.getSymbolManager())
        if said:
            print(said, end="")


if __name__ == "__main__":
    answer(sys.argv[1])
