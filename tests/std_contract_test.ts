// The contract of the stand-ins is tested with everything else, against whichever standard library is there.
import "../tools/std_stand_ins/contract_test.ts";
