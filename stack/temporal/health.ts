import { connect } from 'node:http2';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
const TIMEOUT_MS = 2_000;
/** HealthCheckResponse { status: SERVING } in protobuf, after the five bytes of the gRPC frame. */
const SERVING = Buffer.from([0x08, 0x01]);

/** True when the Temporal server at `address` (host:port, no TLS) says SERVING to the standard gRPC health check. */
export function temporalServes(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const session = connect(`http://${address}`);
    const finish = (answer: boolean) => {
      clearTimeout(timer);
      session.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(false), TIMEOUT_MS);
    session.on('error', () => finish(false));
    const request = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    request.on('error', () => finish(false));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => finish(Buffer.concat(chunks).subarray(5).equals(SERVING)));
    request.end(healthRequest());
  });
}

/** HealthCheckRequest { service } in a gRPC frame: no compression, length, field 1 as a string. */
function healthRequest(): Buffer {
  const message = Buffer.concat([Buffer.from([0x0a, SERVICE.length]), Buffer.from(SERVICE)]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
