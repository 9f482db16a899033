/** Options that several commands share: where the daemon is, and which instruction is meant. */
import type { Command } from 'commander';

export const reachable = (command: Command): Command =>
  command
    .option('--config <file>', 'config of the running daemon')
    .option('--socket <path>', 'its admin socket, instead of --config');

export const placed = (command: Command): Command =>
  reachable(command)
    .option('--link <name>', 'where two links know the id')
    .option('--source <name>', 'where two ledgers know the id');
