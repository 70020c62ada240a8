"""Answers Halmos's question, a file in SMT-LIB, by arithmetic of integers.

Products and quotients of 128-bit words take minutes or for ever as circuits of bits, and no time as numbers.
Halmos runs this as the solver of the proofs that multiply and divide.
"""

import re
import sys

import cvc5

# What Halmos leaves open when it asks first, and what it stands for: a quotient by 0 is 0 in the EVM.
_WORDS = r"_(\d+) \(\(_ BitVec \2\) \(_ BitVec \2\)\) \(_ BitVec \2\)\)"
_DEFINED = r"(define-fun f_evm_\1_\2 ((x (_ BitVec \2)) (y (_ BitVec \2))) (_ BitVec \2) "
MEANINGS = {
    r"\(declare-fun f_evm_(bvmul)" + _WORDS: _DEFINED + r"(\1 x y))",
    r"\(declare-fun f_evm_(bv[us]div|bv[us]rem)" + _WORDS: _DEFINED
    + r"(ite (= y (_ bv0 \2)) (_ bv0 \2) (\1 x y)))",
}


def answer(question: str) -> None:
    """Prints `sat` with a model, or `unsat`."""
    solver = cvc5.Solver()
    solver.setOption("solve-bv-as-int", "sum")
    solver.setOption("produce-models", "true")
    solver.setOption("nl-ext-tplanes", "true")
    # Halmos names a logic without integers.
    text = question.replace("(set-logic QF_AUFBV)", "(set-logic ALL)")
    for declared, meaning in MEANINGS.items():
        text = re.sub(declared, meaning, text)
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    while not (command := parser.nextCommand()).isNull():
        said = command.invoke(solver, parser.getSymbolManager())
        if said:
            print(said, end="")


if __name__ == "__main__":
    with open(sys.argv[1]) as file:
        answer(file.read())
