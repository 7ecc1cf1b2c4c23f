//! Unit tests run in plain Node: what needs a browser is tested in one.
import { defineConfig } from "vitest/config";

export default defineConfig({ test: { include: ["tests/*.test.ts"], environment: "node" } });
