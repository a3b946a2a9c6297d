// Scans HOST[:PORT] over HTTPS, and prints what the scanner says as JSON.
import { scan } from "@mdn/mdn-http-observatory";

console.log(JSON.stringify(await scan(process.argv[2])));
