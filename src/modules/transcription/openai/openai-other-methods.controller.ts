import { All, Controller, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AppError } from '../../../platform/errors/app-error.js';
import { RequiresCredentials } from '../../auth/access/access.decorator.js';

/** Addresses of the OpenAI API that were asked by a method that they do not have. Comes after those that have it. */
@ApiExcludeController()
@Controller('v1')
export class OpenAiOtherMethodsController {
  @All(['audio/transcriptions', 'audio/translations'])
  @RequiresCredentials()
  @Header('Allow', 'POST')
  refuseAudio(): never {
    this.refuse();
  }

  @All(['models', 'models/*path'])
  @RequiresCredentials()
  @Header('Allow', 'GET, HEAD')
  refuseModels(): never {
    this.refuse();
  }

  private refuse(): never {
    throw new AppError('method_not_allowed', 'Not allowed: this address does not take this method.');
  }
}
