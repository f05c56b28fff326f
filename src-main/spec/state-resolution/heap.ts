/** A queue that gives the least of its items first. */
export class Heap<T> {
  private readonly items: T[] = [];

  /** @param compare negative when `a` comes before `b` */
  constructor(private readonly compare: (a: T, b: T) => number) {}

  push(item: T): void {
    let place = this.items.length;
    this.items.push(item);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.isBefore(place, parent)) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  pop(): T | undefined {
    const [least] = this.items;
    const last = this.items.pop();
    if (this.items.length === 0 || last === undefined) return least;
    this.items[0] = last;
    this.sink();
    return least;
  }

  private sink(): void {
    let place = 0;
    for (;;) {
      const [left, right] = [2 * place + 1, 2 * place + 2];
      const child = this.isBefore(right, left) ? right : left;
      if (!this.isBefore(child, place)) return;
      this.swap(place, child);
      place = child;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const [first, second] = [this.items[a], this.items[b]];
    return first !== undefined && second !== undefined && this.compare(first, second) < 0;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.items[a], this.items[b]];
    if (first === undefined || second === undefined) return;
    this.items[a] = second;
    this.items[b] = first;
  }
}
