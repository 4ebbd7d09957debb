package io.weir.testkit;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Seeded fuzzing: mutates inputs of a corpus and tries each on a target, which may throw nothing. The same seed gives the
 * same input, and a failure names it; {@code -Dweir.fuzz.seed=N -Dweir.fuzz.rounds=1} tries that one again, and
 * {@code -Dweir.fuzz.rounds=1000000} goes on for longer. What broke a target is kept under {@code target/fuzz}: once
 * mended, it belongs in the corpus.
 *
 * <p>An input may also not make its target allocate much more than its size warrants, which is how aliases that expand,
 * lengths that lie and work that grows with the square of the input show without a clock.
 */
public final class Fuzz {
    /** Takes one input. */
    public interface Target {
        /** Tries it; anything thrown is a failure. */
        void accept(byte[] input) throws Exception;
    }

    /** Takes one input as text. */
    public interface TextTarget {
        /** Tries it; anything thrown is a failure. */
        void accept(String input) throws Exception;
    }

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int MAX_CHANGES = 6;
    private static final int MAX_LENGTH = 1 << 20;

    private final String name;
    private final List<byte[]> corpus;
    private final List<byte[]> words;
    private final long allowance;
    private final int perByte;

    private Fuzz(String name, List<byte[]> corpus, List<byte[]> words, long allowance, int perByte) {
        this.name = name;
        this.corpus = corpus;
        this.words = words;
        this.allowance = allowance;
        this.perByte = perByte;
    }

    /** Of these inputs; {@code name} is what failures call it. */
    public static Fuzz of(String name, List<byte[]> corpus) {
        if (corpus.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected inputs to mutate, found none");
        }
        return new Fuzz(name, List.copyOf(corpus), List.of(), Long.MAX_VALUE, 0);
    }

    /** Of these texts. */
    public static Fuzz ofTexts(String name, List<String> corpus) {
        return of(
                name,
                corpus.stream()
                        .map(text -> text.getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    /** Puts these words in now and then. */
    public Fuzz words(String... more) {
        List<byte[]> all = new ArrayList<>(words);
        for (String word : more) {
            all.add(word.getBytes(StandardCharsets.UTF_8));
        }
        return new Fuzz(name, corpus, List.copyOf(all), allowance, perByte);
    }

    /** Fails a target that allocates more than that many bytes, and so many more for each byte of its input. */
    public Fuzz allocating(long most, int forEachByte) {
        return new Fuzz(name, corpus, words, most, forEachByte);
    }

    /** Tries the corpus as it is, then so many mutations of it, as texts. */
    public void runTexts(int rounds, TextTarget target) {
        run(rounds, input -> target.accept(new String(input, StandardCharsets.UTF_8)));
    }

    /** Tries the corpus as it is, then so many mutations of it; 0 is the corpus alone. */
    public void run(int rounds, Target target) {
        long seed = Long.getLong("weir.fuzz.seed", 1);
        int last = rounds == 0 ? 0 : Integer.getInteger("weir.fuzz.rounds", rounds);
        for (int i = 0; i < corpus.size(); i++) {
            attempt("corpus " + i, corpus.get(i), target);
        }
        for (int round = 0; round < last; round++) {
            attempt("seed " + (seed + round), input(seed + round), target);
        }
    }

    private void attempt(String which, byte[] input, Target target) {
        // The first time may load classes, which is not the input's doing.
        long allocated = tried(which, input, target);
        for (int again = 0; again < 2 && allocated > allowed(input); again++) {
            allocated = tried(which, input, target);
        }
        if (allocated > allowed(input)) {
            throw new AssertionError(name + ", " + which + kept(which, input) + ": expected at most " + allowance
                    + " bytes and " + perByte + " for each of " + input.length + " allocated, found " + allocated);
        }
    }

    private long allowed(byte[] input) {
        return allowance == Long.MAX_VALUE ? allowance : allowance + (long) perByte * input.length;
    }

    /** Tries it and returns how many bytes were allocated. */
    private long tried(String which, byte[] input, Target target) {
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        try {
            target.accept(input);
        } catch (Throwable thrown) {
            throw new AssertionError(name + ", " + which + kept(which, input) + ": " + thrown, thrown);
        }
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    private String kept(String which, byte[] input) {
        try {
            Path folder = Files.createDirectories(Path.of("target", "fuzz"));
            return " (" + Files.write(folder.resolve((name + "-" + which).replaceAll("\\W+", "-")), input) + ")";
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** The input of a seed. */
    public byte[] input(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] input = pick(corpus, random);
        for (int changes = 1 + random.nextInt(MAX_CHANGES); changes > 0; changes--) {
            input = changed(input, random);
        }
        return input;
    }

    private byte[] changed(byte[] input, SplittableRandom random) {
        int from = random.nextInt(input.length + 1);
        int to = Math.min(input.length, from + random.nextInt(1 + span(random)));
        return switch (random.nextInt(9)) {
            case 0 -> flipped(input, from, random);
            case 1 -> spliced(input, from, to, new byte[0]);
            case 2 -> spliced(input, from, from, slice(input, from, to));
            case 3 -> spliced(input, from, to, random(random));
            case 4 -> spliced(input, from, from, repeated(slice(input, from, to), random));
            case 5 -> crossed(input, from, pick(corpus, random), random);
            case 6 -> slice(input, 0, from);
            case 7 -> extreme(input, from, random);
            default -> words.isEmpty() ? flipped(input, from, random) : spliced(input, from, to, pick(words, random));
        };
    }

    private static int span(SplittableRandom random) {
        return random.nextInt(8) == 0 ? 400 : 12;
    }

    private static byte[] pick(List<byte[]> from, SplittableRandom random) {
        return from.get(random.nextInt(from.size()));
    }

    private static byte[] flipped(byte[] input, int at, SplittableRandom random) {
        byte[] flipped = input.clone();
        if (at < flipped.length) {
            flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    /** Bytes that mean the most or the least to many formats. */
    private static byte[] extreme(byte[] input, int at, SplittableRandom random) {
        byte[] changed = input.clone();
        byte[] extremes = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff, (byte) 0xfe};
        byte extreme = extremes[random.nextInt(extremes.length)];
        for (int i = at; i < Math.min(changed.length, at + 1 + random.nextInt(10)); i++) {
            changed[i] = extreme;
        }
        return changed;
    }

    private static byte[] random(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(12)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] repeated(byte[] part, SplittableRandom random) {
        int times = random.nextInt(random.nextInt(16) == 0 ? 4_000 : 12);
        byte[] repeated = new byte[Math.min(MAX_LENGTH, part.length * times)];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = part[i % part.length];
        }
        return repeated;
    }

    private static byte[] crossed(byte[] input, int at, byte[] other, SplittableRandom random) {
        int from = random.nextInt(other.length + 1);
        return spliced(input, at, input.length, slice(other, from, other.length));
    }

    private static byte[] spliced(byte[] input, int from, int to, byte[] between) {
        byte[] spliced = new byte[from + between.length + input.length - to];
        System.arraycopy(input, 0, spliced, 0, from);
        System.arraycopy(between, 0, spliced, from, between.length);
        System.arraycopy(input, to, spliced, from + between.length, input.length - to);
        return spliced.length <= MAX_LENGTH ? spliced : slice(spliced, 0, MAX_LENGTH);
    }

    private static byte[] slice(byte[] input, int from, int to) {
        byte[] slice = new byte[to - from];
        System.arraycopy(input, from, slice, 0, slice.length);
        return slice;
    }
}
