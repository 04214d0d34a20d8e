export * from "npm:@prefactor/core@0.2.9";
