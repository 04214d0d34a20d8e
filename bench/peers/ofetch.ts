export * from "npm:ofetch@1.5.1";
