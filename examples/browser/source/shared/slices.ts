// Part of strata. Distributed under the Boost Software License, Version 1.0 (see LICENSE).
// Work that never ends by itself, in slices, so that a worker hears "pause" between them. For workers.

const sliceMilliseconds = 20;

/** A loop of steps in slices of some 20 ms. What it shows goes out no faster than the page takes it. */
export class SlicedLoop<Snapshot> {
    private running = false;
    private showing = false;
    /** Whether a slice is asked for: one that is begun again before the next does not ask twice. */
    private asked = false;
    private readonly channel = new MessageChannel();

    /**
     * @param step one step; false ends the loop
     * @param snapshot what the page is shown between slices
     * @param show hands a snapshot to the page, and is done when the page has drawn it
     * @param fail hears of an error of a step, which ends the loop
     */
    constructor(
        private readonly step: () => boolean,
        private readonly snapshot: () => Snapshot,
        private readonly show: (snapshot: Snapshot, running: boolean) => Promise<void>,
        private readonly fail: (error: unknown) => void,
    ) {
        // A message comes behind those that the page has sent; a timer would wait 4 ms.
        this.channel.port1.onmessage = () => this.slice();
    }

    get isRunning(): boolean {
        return this.running;
    }

    start(): void {
        if (this.running) return;
        this.running = true;
        this.ask();
    }

    pause(): void {
        this.running = false;
    }

    /** Ends the loop for good: what is kept open for messages would stay open otherwise. */
    close(): void {
        this.running = false;
        this.channel.port1.close();
    }

    private ask(): void {
        if (this.asked) return;
        this.asked = true;
        this.channel.port2.postMessage(null);
    }

    private slice(): void {
        this.asked = false;
        if (!this.running) return;
        const end = performance.now() + sliceMilliseconds;
        try {
            do {
                if (!this.step()) this.running = false;
            } while (this.running && performance.now() < end);
            void this.present(!this.running);
        } catch (error) {
            this.running = false;
            this.fail(error);
        }
        if (this.running) this.ask();
    }

    private async present(last: boolean): Promise<void> {
        if (this.showing && !last) return;
        this.showing = true;
        try {
            await this.show(this.snapshot(), this.running);
        } finally {
            this.showing = false;
        }
    }
}
