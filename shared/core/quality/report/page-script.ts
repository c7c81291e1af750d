/**
 * Lays source and delivery over each other with a slider, by keyboard, mouse or touch. The page says the same without:
 * then both stand side by side.
 */
export const pageScript = `
for (const pair of document.querySelectorAll('.pair')) {
  const stage = pair.querySelector('.stage');
  const range = document.createElement('input');
  range.type = 'range';
  range.setAttribute('aria-label', pair.dataset.label);
  const show = () => pair.style.setProperty('--cut', range.value + '%');
  const follow = (event) => {
    const box = stage.getBoundingClientRect();
    range.value = String(((event.clientX - box.left) / box.width) * 100);
    show();
  };
  range.addEventListener('input', show);
  stage.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    follow(event);
  });
  stage.addEventListener('pointermove', (event) => {
    if (stage.hasPointerCapture(event.pointerId)) follow(event);
  });
  stage.after(range);
  pair.classList.add('sliding');
  show();
}
`;
