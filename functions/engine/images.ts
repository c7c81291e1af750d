import sharp from 'sharp';

// One thread an image: the engine runs several workers already. No cache: each image is read once.
sharp.concurrency(1);
sharp.cache(false);

export { sharp };
