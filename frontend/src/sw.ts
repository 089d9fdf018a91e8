/** Built into /sw.js, at the root so that its scope is the whole site. */
import "./worker/index";
