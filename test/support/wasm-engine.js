// The engine that runs models in tests is the WASM build in place of the native one (see docs/dependencies.md). As the package
// thinks it has the native one, it leaves the WASM build to look for its files on the net: here it looks beside itself.
import { env } from '@huggingface/transformers';

env.backends.onnx.wasm.wasmPaths = undefined;
env.backends.onnx.wasm.numThreads = 1;
