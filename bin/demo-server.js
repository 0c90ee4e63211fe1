import { serve } from '../dist/demo-server.js';
await serve(process.stdin, process.stdout);
