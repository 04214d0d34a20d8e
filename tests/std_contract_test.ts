// Runs the contract test of the stand-ins with all other tests, against the stand-ins or the real standard library.
import "../tools/std_stand_ins/contract_test.ts";
