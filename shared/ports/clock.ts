/** The time, as a port so that tests own it. */
export interface Clock {
  now(): Date;
}
