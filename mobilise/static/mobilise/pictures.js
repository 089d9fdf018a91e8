// A picture that is chosen is shown at once, and made small before it is sent: a photo of a phone holds more than a bad
// network takes, and where it was taken. What this browser cannot read goes to the server as it is.
(() => {
  const LONGEST = 1920;
  const QUALITY = 0.88;

  async function made(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    const ground = canvas.getContext("2d");
    ground.fillStyle = "#fff";
    ground.fillRect(0, 0, canvas.width, canvas.height);
    ground.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return canvas;
  }

  const fileOf = (canvas) =>
    new Promise((resolve) =>
      canvas.toBlob((bytes) => resolve(new File([bytes], "picture.jpg", { type: "image/jpeg" })), "image/jpeg", QUALITY),
    );

  function replace(input, file) {
    const files = new DataTransfer();
    files.items.add(file);
    input.files = files.files;
  }

  function show(place, canvas) {
    const chosen = place.querySelector(".picture-chosen");
    const image = chosen.querySelector("img") ?? document.createElement("img");
    chosen.prepend(image);
    image.alt = chosen.dataset.alt;
    image.src = canvas.toDataURL("image/jpeg", QUALITY);
    image.width = canvas.width;
    image.height = canvas.height;
    chosen.hidden = false;
    const old = place.querySelector(".picture-now");
    if (old) old.hidden = true;
  }

  function reset(place) {
    place.querySelector(".picture-chosen").hidden = true;
    place.querySelector(".picture-unread").hidden = true;
    const old = place.querySelector(".picture-now");
    if (old) old.hidden = false;
  }

  document.addEventListener("change", async (event) => {
    const input = event.target;
    const place = input.type === "file" && input.closest(".picture");
    if (!place) return;
    reset(place);
    const file = input.files[0];
    if (!file) return;
    const clear = place.querySelector(".picture-clear input");
    if (clear) clear.checked = false;
    try {
      const canvas = await made(file);
      if (input.files[0] !== file) return;
      replace(input, await fileOf(canvas));
      show(place, canvas);
    } catch {
      place.querySelector(".picture-unread").hidden = false;
    }
  });
})();
