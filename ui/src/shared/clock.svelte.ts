/**
 * The one ticking clock of the window. It tells the engine's time, which in the drill runs faster than ours, once a
 * second and only while the window can be seen. Ages and clocks read `clock.now`; nothing else has a timer.
 */

class Clock {
  /** The engine's unix seconds, advanced every second. */
  now = $state(Date.now() / 1000);
  #told = Date.now() / 1000;
  #pace = 1;
  #heard = performance.now();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** What the core just said the time is. */
  set(now: number, pace: number): void {
    this.#told = now;
    this.#pace = pace > 0 ? pace : 1;
    this.#heard = performance.now();
    this.#tick();
  }

  start(): () => void {
    const follow = () => {
      clearInterval(this.#timer);
      this.#timer = undefined;
      if (document.visibilityState !== 'visible') return;
      this.#tick();
      this.#timer = setInterval(() => this.#tick(), 1000);
    };
    follow();
    document.addEventListener('visibilitychange', follow);
    return () => {
      clearInterval(this.#timer);
      document.removeEventListener('visibilitychange', follow);
    };
  }

  #tick(): void {
    this.now = this.#told + ((performance.now() - this.#heard) / 1000) * this.#pace;
  }
}

export const clock = new Clock();
