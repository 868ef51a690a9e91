/** What the tests use of a package that brings no types. */
declare module 'swagger-client' {
  interface Reply {
    readonly status: number;
    readonly body: unknown;
    readonly text: string;
    /** Of a reply that is a file, a Blob. */
    readonly data: unknown;
  }
  interface Request {
    readonly operationId: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly requestBody?: unknown;
    readonly responseContentType?: string;
  }
  interface Options {
    readonly spec?: object;
    readonly authorizations?: Readonly<Record<string, unknown>>;
    readonly requestInterceptor?: (request: { headers: Record<string, string> }) => object;
  }
  interface Client {
    readonly spec: object;
    readonly errors: readonly unknown[];
    execute(request: Request): Promise<Reply>;
  }
  export default function SwaggerClient(url: string | Options, options?: Options): Promise<Client>;
}
