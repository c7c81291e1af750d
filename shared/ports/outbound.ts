export interface OutboundRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Requests to addresses that customers name. Only public ones are ever reached. */
export interface Outbound {
  /** Says whether an address may be used at all. @throws AtlasError webhook_address_refused */
  check(url: string): Promise<void>;
  /** POSTs once, follows nothing. @throws AtlasError webhook_address_refused; Error when no answer came. */
  post(request: OutboundRequest): Promise<{ readonly status: number }>;
}
